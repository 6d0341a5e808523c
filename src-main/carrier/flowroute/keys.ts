/** What opens an account: v1 signs with the secret, v2 sends it. */
export type Keys = { readonly accessKey: string; readonly secretKey: string };
