/**
 * Code to paste, per type of application: [[library, text]]. Values stand in it as literals of the language, whatever they
 * hold. They are the examples of README.md, "Connect your app", with what is registered here.
 */
export function snippets({ app, issuer, secret }) {
  const of = { id: app.client_id, issuer, secret, callback: app.callbacks[0] ?? "https://app.example.com/callback", scope: scopeOf(app) };
  return { non_interactive: [["curl", machineShell(of)], ["openid-client", machineJS(of)], ["x/oauth2", machineGo(of)]],
    regular_web: [["openid-client", webJS(of)], ["x/oauth2", webGo(of)]],
    spa: [["oauth4webapi", spa(of)]],
    native: [["x/oauth2", nativeGo(of)], ["AppAuth", appAuth(of)], ["curl", device(of)]] }[app.app_type];
}

const scopeOf = (app) => app.scopes.join(" ") || "openid";
const js = JSON.stringify, go = JSON.stringify;
const sh = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const machineShell = ({ issuer, id, secret }) => `token=$(curl -sS ${sh(issuer + "oauth/token")} \\
  -d grant_type=client_credentials --data-urlencode client_id=${sh(id)} --data-urlencode client_secret=${sh(secret)} \\
  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
curl -sS ${sh(issuer + "timesheets?limit=2")} -H "Authorization: Bearer $token"
`;

const machineJS = ({ issuer, id, secret }) => `// npm install openid-client
import * as client from 'openid-client';

const config = await client.discovery(new URL(${js(issuer)}), ${js(id)}, ${js(secret)}${plain(issuer)});
const tokens = await client.clientCredentialsGrant(config);
const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(${js(issuer + "timesheets?limit=2")}), 'GET');
console.log(await answer.json());
`;

const plain = (issuer) => (issuer.startsWith("http:") ? ", undefined,\n  { execute: [client.allowInsecureRequests] }" : "");

const machineGo = ({ issuer, id, secret }) => `package main

import (
	"context"
	"io"
	"log"
	"os"

	"golang.org/x/oauth2/clientcredentials"
)

func main() {
	app := clientcredentials.Config{ClientID: ${go(id)}, ClientSecret: ${go(secret)}, TokenURL: ${go(issuer + "oauth/token")}}
	answer, err := app.Client(context.Background()).Get(${go(issuer + "timesheets?limit=2")})
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(os.Stdout, answer.Body)
}
`;

const webJS = ({ issuer, id, secret, callback, scope }) => `// npm install openid-client
import * as client from 'openid-client';

const config = await client.discovery(new URL(${js(issuer)}), ${js(id)}, ${js(secret)}${plain(issuer)});
const redirect_uri = ${js(callback)};

// 1. Send the browser there. Keep verifier and state in the person's session.
const verifier = client.randomPKCECodeVerifier(), state = client.randomState();
const to = client.buildAuthorizationUrl(config, {
  redirect_uri, scope: ${js(scope)}, state,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});

// 2. At the redirect URI, with the address that was asked for (a URL) and what was kept:
const tokens = await client.authorizationCodeGrant(config, currentUrl, { pkceCodeVerifier: verifier, expectedState: state });
console.log(tokens.access_token);
`;

const config = ({ issuer, id, secret, callback, scope }) => `punchcard, err := oidc.NewProvider(ctx, ${go(issuer)}) // finds out where everything is
	if err != nil {
		log.Fatal(err)
	}
	app := oauth2.Config{
		ClientID: ${go(id)}, ${secret === null ? "" : `ClientSecret: ${go(secret)}, `}Endpoint: punchcard.Endpoint(),
		RedirectURL: ${callback},
		Scopes:      []string{${scope.split(" ").map(go).join(", ")}},
	}`;

const webGo = (of) => `// github.com/coreos/go-oidc/v3/oidc, golang.org/x/oauth2
	ctx := context.Background()
	${config({ ...of, callback: go(of.callback) })}

	// 1. Send the browser to link. Keep state and verifier in the person's session.
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	link := app.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))

	// 2. At the redirect URI, once r.FormValue("state") is the one that was kept:
	tokens, err := app.Exchange(ctx, r.FormValue("code"), oauth2.VerifierOption(verifier))
`;

const spa = ({ issuer, id, callback, scope }) => `// npm install oauth4webapi
import * as oauth from 'oauth4webapi';

const issuer = new URL(${js(issuer)}), app = { client_id: ${js(id)} }, redirect_uri = ${js(callback)};
${issuer.startsWith("http:") ? "const options = { [oauth.allowInsecureRequests]: true }; // for a server without TLS alone\n" : "const options = {};\n"}const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));

// 1. Send the browser there.
export async function signIn() {
  const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state }));
  const to = new URL(server.authorization_endpoint);
  to.search = new URLSearchParams({
    client_id: app.client_id, redirect_uri, response_type: 'code', scope: ${js(scope)}, state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  location.assign(to);
}

// 2. At the redirect URI:
export async function signedIn() {
  const { verifier, state } = JSON.parse(sessionStorage.getItem('sign-in'));
  const answer = oauth.validateAuthResponse(server, app, new URL(location.href), state);
  const response = await oauth.authorizationCodeGrantRequest(server, app, oauth.None(), answer, redirect_uri, verifier, options);
  return oauth.processAuthorizationCodeResponse(server, app, response);
}
`;

const nativeGo = (of) => `package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// It needs http://127.0.0.1/callback among the redirect URIs, which then stands for every port.
func main() {
	ctx := context.Background()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	${config({ ...of, secret: null, callback: '"http://" + listener.Addr().String() + "/callback"' })}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	fmt.Println("Sign in at", app.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))

	codes := make(chan string, 1)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" && r.FormValue("state") == state {
			fmt.Fprintln(w, "You can close this window.")
			codes <- r.FormValue("code")
		}
	}))
	tokens, err := app.Exchange(ctx, <-codes, oauth2.VerifierOption(verifier))
	if err != nil {
		log.Fatal(err)
	}
	answer, err := app.Client(ctx, tokens).Get(${go(of.issuer + "timesheets?limit=2")})
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(os.Stdout, answer.Body)
}
`;

const appAuth = ({ issuer, id, callback, scope }) => `// AppAuth for Android: net.openid:appauth
AuthorizationServiceConfiguration.fetchFromIssuer(Uri.parse(${js(issuer)}), (configuration, failure) -> {
  if (failure != null) throw new IllegalStateException(failure);
  AuthorizationRequest request = new AuthorizationRequest.Builder(
      configuration, ${js(id)}, ResponseTypeValues.CODE, Uri.parse(${js(callback)}))
      .setScope(${js(scope)})
      .build(); // PKCE and state are in it
  startActivityForResult(new AuthorizationService(this).getAuthorizationRequestIntent(request), SIGN_IN);
});
`;

const device = ({ issuer, id, scope }) => `# A device without a browser: it shows the link and the code that come back,
curl -sS ${sh(issuer + "oauth/device/code")} --data-urlencode client_id=${sh(id)} --data-urlencode scope=${sh(scope)}

# and asks every five seconds whether they were entered.
curl -sS ${sh(issuer + "oauth/token")} --data-urlencode client_id=${sh(id)} --data-urlencode device_code=… \\
  -d grant_type=urn:ietf:params:oauth:grant-type:device_code
`;
