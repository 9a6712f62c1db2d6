export interface Given {
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
}

/**
 * ThingsBoard's way of signing in: an access token as user name, and no password. Ours is `{user name}:{password}`; taken
 * apart at once, so that the secret is not taken for a name anywhere.
 */
export function fromAccessToken(username: string | undefined, password: Buffer | undefined): Given {
  const colon = username?.indexOf(':') ?? -1;
  if (username === undefined || colon < 1 || (password !== undefined && password.length > 0))
    return { username, password };
  return { username: username.slice(0, colon), password: Buffer.from(username.slice(colon + 1)) };
}
