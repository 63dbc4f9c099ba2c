import { testDemos } from './support/labDemos.ts';

testDemos(4, 5);
