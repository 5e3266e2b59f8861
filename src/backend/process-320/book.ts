// A book under review.
export interface BookContent {
  readonly note: string;
}
