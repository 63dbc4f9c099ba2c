import { testDemos } from './support/labDemos.ts';

testDemos(0, 5);
