/** Every second defect from the second on. */
import { ADDRESS_SPACE_DEFECTS } from "./space-defects/all.ts";
import { testDefects } from "./space-defects.fixture.ts";

testDefects(ADDRESS_SPACE_DEFECTS.filter((_, index) => index % 2 === 1));
