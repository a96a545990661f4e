import type { Duplex } from "node:stream";
import type { Agent, Dispatcher } from "undici";

/** What the WebSocket API keeps to itself. */
export interface Upgrade {
  /** To open the WebSocket with. */
  dispatcher: Dispatcher;
  /** HTTP status of an answer other than 101: whether trying again can help hangs on it. */
  status: () => number | undefined;
  /** What the network said when there was no answer at all. */
  problem: () => Error | undefined;
  /** Ends the connection without the closing handshake, which a peer that is gone would never finish. */
  destroy: () => void;
}

/** A dispatcher for one WebSocket. */
export function watchUpgrade(agent: Agent): Upgrade {
  let status: number | undefined;
  let problem: Error | undefined;
  let connection: Duplex | undefined;
  const watched = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onRequestUpgrade: (...args) => {
      connection = args[3];
      handler.onRequestUpgrade?.(...args);
    },
    onResponseStart: (...args) => {
      status = args[1];
      handler.onResponseStart?.(...args);
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => {
      problem = args[1];
      handler.onResponseError?.(...args);
    },
  });
  const dispatcher = agent.compose((dispatch) => (options, handler) => dispatch(options, watched(handler)));
  const destroy = () => {
    connection?.destroy();
    void agent.destroy();
  };
  return { dispatcher, status: () => status, problem: () => problem, destroy };
}
