/* oxlint-disable typescript/no-explicit-any -- the shape of the document is what is tested */
import { expect, test } from "vitest";
import { z } from "zod";
import { commands } from "#schema/wire/commands.ts";
import { openTestDoor } from "./test-door.ts";

async function served(): Promise<any> {
  const door = await openTestDoor();
  try {
    const answer = await door.ask("GET", "/api/openapi.json");
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    return answer.json();
  } finally {
    await door.close();
  }
}

function everyRef(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === "$ref" && typeof part === "string" ? [part] : everyRef(part),
  );
}

// Source: OpenAPI Specification 3.1.0, sections 4.8.1 (OpenAPI object) to 4.8.30 (Security Requirement object).
test("an OpenAPI 3.1 document: what the specification requires is there, and every reference leads somewhere", async () => {
  const document = await served();
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: "1.2.3" });
  expect(everyRef(document).length).toBeGreaterThan(100);
  for (const ref of everyRef(document)) {
    const target = ref
      .replace(/^#\//, "")
      .split("/")
      .reduce((value, key) => value?.[key], document);
    expect([ref, typeof target]).toEqual([ref, "object"]);
  }
  const ids = new Set<string>();
  const tags = document.tags.map(({ name }: { name: string }) => name);
  const schemes = Object.keys(document.components.securitySchemes);
  for (const [path, item] of Object.entries<Record<string, any>>(document.paths)) {
    expect(path).toMatch(/^\//);
    for (const [method, operation] of Object.entries(item)) {
      expect(["get", "post"]).toContain(method);
      expect(operation.summary).not.toBe("");
      expect(ids.has(operation.operationId)).toBe(false);
      ids.add(operation.operationId);
      expect(tags).toEqual(expect.arrayContaining(operation.tags));
      for (const needed of operation.security) {
        for (const scheme of Object.keys(needed)) expect(schemes).toContain(scheme);
      }
      for (const [status, answer] of Object.entries<any>(operation.responses)) {
        expect(status).toMatch(/^[2-5]\d\d$/);
        expect(answer.$ref ?? answer.description).toEqual(expect.any(String));
      }
    }
  }
  for (const [name, schema] of Object.entries<any>(document.components.schemas)) {
    expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
    expect(schema).toMatchObject({ type: "object" });
    // What is not representable comes out as an empty schema, which would accept anything.
    for (const part of Object.values<any>(schema.properties)) expect(Object.keys(part)).not.toEqual([]);
  }
});

test("every command is there, with the schema that its door checks", async () => {
  const document = await served();
  const described = Object.keys(document.paths).filter((path) => path.startsWith("/api/commands/"));
  expect(described).toEqual(Object.keys(commands).map((name) => `/api/commands/${name}`));
  for (const [name, { summary, access, input }] of Object.entries(commands)) {
    const operation = document.paths[`/api/commands/${name}`].post;
    expect(operation).toMatchObject({ operationId: name, summary });
    expect(operation.security).toEqual(access === "open" ? [] : [{ staffSession: [] }]);
    const ref: string = operation.requestBody.content["application/json"].schema.$ref;
    const schema = document.components.schemas[ref.replace("#/components/schemas/", "")];
    expect(Object.keys(schema.properties)).toEqual(Object.keys(input.shape));
    expect(schema.additionalProperties).toBe(false);
    expect(operation.requestBody.required).toBe(!z.safeParse(input, {}).success);
  }
});

test("a refusal has the shape that the document says", async () => {
  const document = await served();
  const shape = z.fromJSONSchema(document.components.schemas.Refusal);
  const door = await openTestDoor();
  try {
    for (const answer of [
      await door.command("scan", {}),
      await door.command("signIn", { staffId: "ada", pin: "0000" }),
      await door.command("nothing"),
      await door.ask("GET", "/", { headers: { Host: "evil.example" } }),
    ]) {
      expect(shape.safeParse(answer.json()).success).toBe(true);
      expect(Object.keys(document.paths["/api/commands/scan"].post.responses)).toContain(
        String(answer.status),
      );
    }
  } finally {
    await door.close();
  }
});
