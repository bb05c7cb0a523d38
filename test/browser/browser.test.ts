import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { salesTests } from "./sales.ts";
import { looksTests } from "./looks.ts";
import { shopFloorTests } from "./shop-floor.ts";
import { Stage } from "./stage.ts";

let shop: Stage;
const stage = (): Stage => shop;

beforeAll(async () => {
  shop = await Stage.open();
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await shop.keepPictures(task.name);
  await shop.closeScreens();
});
afterAll(() => shop?.close());

describe("with the relay", () => {
  salesTests(stage);
});

describe("without the relay", () => {
  beforeAll(() => shop.demo.turnInternet(false));
  afterAll(() => shop.demo.turnInternet(true));
  salesTests(stage);
});

describe("on the shop floor", () => {
  shopFloorTests(stage);
});

describe("to the eye and the ear", () => {
  looksTests(stage);
});
