/** `fetch` through the proxy a runner of one's own may stand behind (HTTPS_PROXY, NO_PROXY), as GitHub's toolkit does it. */

/** Loaded at the first request: the toolkit reads the environment and the event file when it is imported. */
export const proxiedFetch: typeof fetch = async (input, init) => {
  const { defaults } = await import("@actions/github/lib/utils");
  const proxied = defaults.request?.fetch as typeof fetch | undefined;
  return (proxied ?? fetch)(input, init);
};
