import type { PrefectApi } from "../../support/prefect-api.ts";

/** Makes a block document, with its block type where the server has none of that name. */
export async function makeBlock(
  api: PrefectApi,
  block: { type: string; name: string; data: Record<string, unknown> },
): Promise<void> {
  const slug = block.type.toLowerCase();
  const [type] = await api.post<{ id: string }[]>("/block_types/filter", {
    block_types: { slug: { any_: [slug] } },
  });
  const { id: block_type_id } =
    type ?? (await api.post<{ id: string }>("/block_types/", { name: block.type, slug }));
  const [schema] = await api.post<{ id: string }[]>("/block_schemas/filter", {
    block_schemas: { block_type_id: { any_: [block_type_id] } },
  });
  const { id: block_schema_id } =
    schema ?? (await api.post<{ id: string }>("/block_schemas/", { block_type_id, fields: {} }));
  await api.post("/block_documents/", { name: block.name, data: block.data, block_type_id, block_schema_id });
}
