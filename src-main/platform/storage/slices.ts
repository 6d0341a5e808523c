/** A piece of what is done before a question, in milliseconds: what others ask of the same thread is answered between two of them. */
export const sliceMs = 40;
