package io.deepincubation.spark.prepare;

import java.io.Serializable;

/**
 * What the columns of a table are called. Fields of structs are named with dots between.
 *
 * @param content texts, or JPEG or PNG files, their paths, structs of both, or of Spark's {@code
 *     image} source
 * @param label the class, a number or a text, or an array of any number of them
 * @param split the split's name, or empty where all rows are for training
 * @param labels how labels tell classes
 */
public record Columns(String content, String label, String split, Labels labels)
    implements Serializable {

  /** The usual names. */
  public static final Columns USUAL = new Columns("image", "label", "");

  /** Columns whose labels tell classes by their type. */
  public Columns(String content, String label, String split) {
    this(content, label, split, Labels.AUTO);
  }
}
