import { testDemos } from './support/labDemos.ts';

testDemos(3, 5);
