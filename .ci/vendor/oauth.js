// What the app uses of oauth4webapi.
export {
  allowInsecureRequests, authorizationCodeGrantRequest, AuthorizationResponseError, calculatePKCECodeChallenge, customFetch, discoveryRequest, DPoP,
  generateKeyPair, generateRandomCodeVerifier, generateRandomNonce, generateRandomState, getValidatedIdTokenClaims, isDPoPNonceError,
  None, processAuthorizationCodeResponse, processDiscoveryResponse, processRefreshTokenResponse, processRevocationResponse,
  protectedResourceRequest, refreshTokenGrantRequest, ResponseBodyError, revocationRequest, validateAuthResponse,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";
