/**
 * Words of a finding about a cluster that does not answer. They distinguish it from the user's own errors. They have
 * their own file because the modules that make messages take 1 s to load, and a reader of messages does not need them.
 */
export const unreadReference = "which could not be read";
