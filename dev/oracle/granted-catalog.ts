import { Catalog, type Table, type View } from "./catalog.ts";

/**
 * The catalog as a user sees it who may read only some of it: what its name owns, and what is granted, as whole owners
 * (`MUSIT_BOTANIKK_FELLES`) or single tables and views (`USD_METADATA.BRUKARAR`). The rest does not exist for that user.
 */
export class GrantedCatalog extends Catalog {
  readonly #whole: Catalog;
  readonly #granted: ReadonlySet<string>;

  constructor(whole: Catalog, user: string, grants: readonly string[]) {
    super();
    this.#whole = whole;
    this.#granted = new Set([user, ...grants]);
  }

  override get version(): number {
    return this.#whole.version;
  }

  override get owners(): Set<string> {
    return this.#whole.owners;
  }

  override get tables(): Iterable<Table> {
    return this.#visible(this.#whole.tables);
  }

  override get views(): Iterable<View> {
    return this.#visible(this.#whole.views);
  }

  override get whole(): Catalog {
    return this.#whole;
  }

  override table(owner: string, name: string): Table | undefined {
    return this.#isGranted(owner, name) ? this.#whole.table(owner, name) : undefined;
  }

  override view(owner: string, name: string): View | undefined {
    return this.#isGranted(owner, name) ? this.#whole.view(owner, name) : undefined;
  }

  #isGranted(owner: string, name: string): boolean {
    return this.#granted.has(owner) || this.#granted.has(`${owner}.${name}`);
  }

  *#visible<T extends { owner: string; name: string }>(all: Iterable<T>): Generator<T> {
    for (const one of all) if (this.#isGranted(one.owner, one.name)) yield one;
  }
}
