package io.deepincubation.spark.prepare;

import java.io.Serializable;

/**
 * What the columns of an image table are called.
 *
 * @param image JPEG or PNG files, or the struct of Spark's {@code image} source
 * @param label the class, a whole number from 0 or a text
 * @param split the split's name, or empty where all rows are for training
 */
public record Columns(String image, String label, String split) implements Serializable {

  /** The usual names. */
  public static final Columns USUAL = new Columns("image", "label", "");
}
