// A person in front of a browser: follows redirects within the server, fills in its forms, keeps its cookies.

/** Signs in at an authorization URL and gives the URL that the application is sent to. */
export async function signIn(authorizationURL, email, password) {
  const cookies = new Map();
  let url = new URL(authorizationURL);
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
      if (url.origin !== server) return url;
      continue;
    }
    const page = await answer.text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1];
    if (!csrf || answer.status !== 200) throw new Error(`${url.pathname} answered ${answer.status}: ${page.slice(0, 2000)}`);
    form = url.pathname === '/login'
      ? new URLSearchParams({ csrf, email, password })
      : new URLSearchParams({ csrf, decision: 'allow' });
  }
  throw new Error('the sign-in goes round in circles');
}
