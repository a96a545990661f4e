// `import "undici"` loads 110 files, more than half of which nobody here needs (mocks, caches, snapshots): 10 MB and
// 40 ms of the processor for each process of each run. So its parts are imported by the files that hold them.

declare module "undici/lib/dispatcher/agent.js" {
  import { Agent } from "undici";
  export default Agent;
}

declare module "undici/lib/api/api-request.js" {
  import type { Dispatcher } from "undici";

  const request: (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;
  export default request;
}

declare module "undici/lib/web/websocket/websocket.js" {
  export { ping, WebSocket } from "undici";
}
