/** Greater than any id or rank, so that "no merge" loses every comparison. */
export const NO_TOKEN = 0x7fffffff;
