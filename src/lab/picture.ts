/** What a demo shows, as data: the lab draws each kind in one way, tables it, and exports it. */
export type Picture =
  | MatrixPicture
  | SeriesPicture
  | BarsPicture
  | TokensPicture
  | BlocksPicture
  | RingPicture
  | CirclePicture;

/** A category's meaning; its colour comes from the theme by its place in the list, its pattern too (colour-blind safe). */
export interface Category {
  readonly name: string;
  /** Stands for "nothing here": drawn as background in every theme. */
  readonly isNothing?: boolean;
}

interface PictureBase {
  readonly title: string;
  /** The picture in one or two sentences, read out when it changes. */
  readonly summary: string;
}

/** A heat map: queries down, keys across. NaN is "not computed". */
export interface MatrixPicture extends PictureBase {
  readonly kind: 'matrix';
  readonly numRows: number;
  readonly numColumns: number;
  /** (numRows, numColumns), row by row: a weight, or with `categories` the index of one. */
  readonly values: Float32Array;
  readonly rowLabels?: readonly string[];
  readonly columnLabels?: readonly string[];
  readonly categories?: readonly Category[];
  /** Sequential from 0, or diverging around 0. */
  readonly scale: 'sequential' | 'diverging' | 'categories';
  /** Rectangles drawn around tiles, chunks, segments: [row, column, numRows, numColumns]. */
  readonly outlines?: readonly (readonly [number, number, number, number])[];
  /** Clicking a row or column reports it through this control (such as Longformer's global tokens). */
  readonly togglesControl?: string;
}

/** What the numbers of an axis are, where they are written with a unit of their own size: 2 MiB, 50 ms. */
export type AxisUnit = 'bytes' | 'seconds';

/** Lines over an axis. */
export interface SeriesPicture extends PictureBase {
  readonly kind: 'series';
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xScale: 'linear' | 'log';
  readonly yScale: 'linear' | 'log';
  /** What the values of y are; absent: plain numbers. */
  readonly unit?: AxisUnit;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  /** Vertical (x) and horizontal (y) marks: a trained length, a card's memory, the user's own count. */
  readonly rules?: readonly {
    readonly axis: 'x' | 'y';
    readonly value: number;
    readonly label: string;
  }[];
}

/** Bars side by side, each of one or more stacked parts. */
export interface BarsPicture extends PictureBase {
  readonly kind: 'bars';
  readonly valueLabel: string;
  /** What the values are; absent: plain numbers. */
  readonly unit?: AxisUnit;
  readonly categories: readonly Category[];
  readonly bars: readonly {
    readonly label: string;
    /** One value per category. */
    readonly parts: readonly number[];
  }[];
}

/** The user's own text, each token with a strength (0 to 1) or a category. */
export interface TokensPicture extends PictureBase {
  readonly kind: 'tokens';
  readonly tokens: readonly {
    readonly text: string;
    readonly strength?: number;
    readonly category?: number;
  }[];
  readonly categories?: readonly Category[];
  readonly togglesControl?: string;
}

/** Rows of memory blocks: paged caches, ring buffers, ranks, steps of a batch. */
export interface BlocksPicture extends PictureBase {
  readonly kind: 'blocks';
  readonly categories: readonly Category[];
  readonly rows: readonly {
    readonly label: string;
    readonly cells: readonly { readonly label?: string; readonly category: number }[];
  }[];
}

/** Ranks on a circle, with what each holds, does, and passes on. */
export interface RingPicture extends PictureBase {
  readonly kind: 'ring';
  readonly ranks: readonly {
    readonly label: string;
    readonly detail: string;
    readonly workShare: number;
  }[];
  readonly transfers: readonly {
    readonly from: number;
    readonly to: number;
    readonly label: string;
  }[];
}

/** Angles on unit circles: rotary pairs. Angles in radians; `unseen` ones never occurred in training. */
export interface CirclePicture extends PictureBase {
  readonly kind: 'circle';
  readonly circles: readonly {
    /** May have two parts, `, ` between: they are drawn on lines of their own. */
    readonly label: string;
    /** Angles from 0 to this one were seen in training, radians; 2 pi is all of them. */
    readonly seenAngle?: number;
    readonly hands: readonly {
      readonly angle: number;
      readonly label: string;
      readonly unseen?: boolean;
    }[];
  }[];
}
