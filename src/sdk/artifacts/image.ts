import { createArtifact, type Described } from "./artifact.ts";

export interface ImageArtifact extends Described {
  /** An address that the browser of whoever looks can open. `data:` addresses are shown, too. */
  imageUrl: string;
}

/**
 * Makes an artifact that shows an image. The image itself is not copied. Gives its id, or undefined without a server.
 *
 * ```ts
 * await createImageArtifact({ key: "sheet", imageUrl: "https://example.org/herbarium/sheet-1.jpg" });
 * ```
 */
export function createImageArtifact({ imageUrl, ...described }: ImageArtifact): Promise<string | undefined> {
  return createArtifact({ ...described, type: "image", data: imageUrl });
}
