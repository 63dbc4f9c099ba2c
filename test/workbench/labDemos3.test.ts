import { testDemos } from './support/labDemos.ts';

testDemos(2, 5);
