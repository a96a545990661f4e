/** Userinfo of any URL inside a text: `https://user:token@host` becomes `https://***@host`. */
const URL_USERINFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^/\s'"<>]*@/gi;

/**
 * Makes a function that takes secrets out of a text: each given secret (as it is and URL-encoded) and the password part
 * of every URL. Secrets shorter than 4 characters are left, since replacing them would garble the text.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]));
  // Longest first, so that a secret that contains another is replaced whole.
  const ordered = [...forms].filter((form) => form.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text.replace(URL_USERINFO, (match, scheme: string) =>
      /^ssh:/i.test(scheme) && !match.slice(scheme.length).includes(":") ? match : `${scheme}***@`,
    );
    for (const form of ordered) clean = clean.replaceAll(form, "***");
    return clean;
  };
}
