/** Every second planted defect from the second on. */
import { testPlanted } from "./planted.fixture.ts";

testPlanted((index) => index % 2 === 1);
