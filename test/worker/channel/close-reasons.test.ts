import { describe, expect, it } from "vitest";
import { errorOfEnd } from "../../../src/worker/channel/close-reasons.ts";

describe("the end of a worker channel", () => {
  it.each([
    [1008, "authentication_failed", "authentication_failed", false],
    [1008, "authorization_failed", "authorization_failed", false],
    [1008, "unsupported_version", "unsupported_version", false],
    [1002, "protocol_error", "protocol_error", false],
    [1011, "heartbeat_persistence_failed", "heartbeat_persistence_failed", true],
    [1011, "transient_server_error", "transient_server_error", true],
    [1008, "go away", "authorization_failed", false],
    [1002, "closed with code 1002", "protocol_error", false],
    [1011, "closed with code 1011", "transient_server_error", true],
    [1012, "service restart", "connection_lost", true],
    [1006, "toString", "connection_lost", true],
  ])("with code %i and reason %s is %s, retryable: %s", (code, reason, expected, retryable) => {
    const error = errorOfEnd({ code, reason, status: undefined });
    expect([error.reason, error.retryable]).toEqual([expected, retryable]);
  });

  it.each([
    [200, "endpoint_unavailable", false],
    [401, "authentication_failed", false],
    [403, "endpoint_unavailable", false],
    [404, "endpoint_unavailable", false],
    [405, "endpoint_unavailable", false],
    [429, "transient_server_error", true],
    [500, "transient_server_error", true],
    [502, "transient_server_error", true],
    [503, "transient_server_error", true],
  ])("by an answer of HTTP %i is %s, retryable: %s", (status, expected, retryable) => {
    const error = errorOfEnd({ code: 1006, reason: "closed", status });
    expect([error.reason, error.retryable]).toEqual([expected, retryable]);
    expect(error.message).toBe(`${expected}: the server answered HTTP ${status}`);
  });
});
