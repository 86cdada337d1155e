/**
 * Words of a finding that only the cluster's silence has caused, by which others tell it from the user's own errors. On
 * their own here, for those who read messages without what makes them, which takes a second to load.
 */
export const unreadReference = "which could not be read";
