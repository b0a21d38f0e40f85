/** Whoever has to go when the server drains. */
export interface Leaver {
  /** Its turn has come: it goes as soon as what it asked for is answered. One that is gone already is left alone. Never throws. */
  drain(): void;
}
