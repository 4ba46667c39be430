/** The word between the scripts: what is shown has changed. */
export const SHOWN_EVENT = "unagi-shown";
