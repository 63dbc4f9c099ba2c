import { testDemos } from './support/labDemos.ts';

testDemos(1, 5);
