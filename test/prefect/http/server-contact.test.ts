import { beforeEach, describe, expect, it } from "vitest";
import { ServerContact } from "../../../src/prefect/http/server-contact.ts";

let contact: ServerContact;
beforeEach(() => {
  contact = new ServerContact();
});

describe("contact with a server", () => {
  it("begins with the first answer", () => {
    expect(contact.since(1_000)).toBeUndefined();
    contact.failed(1_000);
    contact.answered(2_000);
    contact.answered(3_000);
    expect(contact.since(100_000)).toBe(2_000);
  });

  it("is not broken by failures between answers", () => {
    contact.answered(1_000);
    contact.failed(50_000);
    contact.failed(55_000);
    contact.answered(64_999);
    contact.failed(70_000);
    expect(contact.since(84_999)).toBe(1_000);
  });

  it("is broken when requests have failed for fifteen seconds, and begins anew with the next answer", () => {
    contact.answered(1_000);
    contact.failed(50_000);
    expect(contact.since(65_000)).toBeUndefined();
    contact.answered(66_000);
    expect(contact.since(67_000)).toBe(66_000);
  });

  it("counts a request that was not answered from the time when it was sent", () => {
    contact.answered(1_000);
    // It hung for a minute before it was given up.
    contact.failed(2_000);
    contact.answered(62_500);
    expect(contact.since(63_000)).toBe(62_500);
  });

  it("is not broken by a request that failed while others were answered", () => {
    contact.answered(1_000);
    contact.answered(61_000);
    contact.failed(2_000);
    contact.answered(62_000);
    expect(contact.since(63_000)).toBe(1_000);
  });
});
