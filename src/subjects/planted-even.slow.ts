/** Every second planted defect from the first on. */
import { testPlanted } from "./planted.fixture.ts";

testPlanted((index) => index % 2 === 0);
