// A person in front of a browser: follows redirects within the server, fills in its forms, keeps its cookies.

/** Signs in at an authorization URL and gives the URL that the application is sent to. */
export async function signIn(authorizationURL, email, password) {
  const { left, page } = await throughPages(authorizationURL, email, password);
  if (!left) throw new Error(`no application waits at the end, but a page: ${page.slice(0, 2000)}`);
  return left;
}

/** Signs in at the link that a device shows, allows what it asks, and gives the last page. */
export async function allow(link, email, password) {
  const { left, page } = await throughPages(link, email, password);
  if (left) throw new Error(`it ends outside, at ${left}`);
  return page;
}

/** Fills in each page that it comes to. Ends where the browser leaves the server, or at a page without a form. */
async function throughPages(from, email, password) {
  const cookies = new Map();
  let url = new URL(from);
  const server = url.origin;
  let form = null;
  for (let step = 0; step < 10; step++) {
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split('=');
      cookies.set(name, value);
    }
    form = null;
    const location = answer.headers.get('location');
    if (location) {
      url = new URL(location, url);
      if (url.origin !== server) return { left: url };
      continue;
    }
    const page = await answer.text();
    if (answer.status !== 200) throw new Error(`${url.pathname} answered ${answer.status}: ${page.slice(0, 2000)}`);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1];
    if (!csrf) return { page };
    const user_code = url.searchParams.get('user_code') ?? '';
    form = new URLSearchParams({ csrf, email, password, decision: 'allow', user_code });
  }
  throw new Error('the sign-in goes round in circles');
}
