package io.deepincubation.spark.prepare;

/** How a column's values tell classes. */
public enum Labels {
  /** Numbers are class numbers, of which none may be left out; texts are names. */
  AUTO,
  /** Values are class numbers from 0; a number that is left out is a class without images. */
  NUMBERS,
  /** Each value is the name of a class. */
  NAMES
}
