package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.recipe.UsageException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * What is annotated on images of a dense task, and where.
 *
 * @param kind classes of pixels, or objects
 * @param masks URI of a folder with a PNG file for each image, of the same name but the extension;
 *     empty where images are in a table
 * @param annotations COCO's JSON files, {@code SPLIT=URI} or a URI whose file name tells the split;
 *     empty where images are in a table
 * @param columns of a table
 * @param reduceZero whether 0 is no class in masks and class c is written as c + 1
 * @param ignored another number of masks that is no class; below 0 for none
 * @param classNames URI of a file of the classes' names, a line each or a JSON array; empty to name
 *     them as the source does
 */
public record Scenes(
    SceneKind kind,
    String masks,
    List<String> annotations,
    Columns columns,
    boolean reduceZero,
    int ignored,
    String classNames)
    implements Serializable {

  private static final int HIGHEST = 65535;

  /**
   * Columns of a table of annotated images.
   *
   * @param mask PNG files of pixels' classes, in any form that images may have
   * @param box arrays of x, y, width and height of each object
   * @param outline arrays of each object's mask, as COCO's compressed run lengths or polygons;
   *     empty for boxes alone
   */
  public record Columns(String mask, String box, String outline) implements Serializable {

    /** The usual names. */
    public static final Columns USUAL = new Columns("mask", "bbox", "");
  }

  /** Checks and copies. */
  public Scenes {
    annotations = List.copyOf(annotations);
    if (ignored < MaskRule.NONE || ignored > HIGHEST) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot prepare masks: expected an --ignore-label from 0 to %d, got %d",
              HIGHEST,
              ignored));
    }
  }

  /** Of a kind, in a table with columns of the usual names. */
  public static Scenes of(SceneKind kind) {
    return new Scenes(kind, "", List.of(), Columns.USUAL, false, MaskRule.NONE, "");
  }

  /** The same, with masks in a folder. */
  public Scenes masks(String uri) {
    return new Scenes(kind, uri, annotations, columns, reduceZero, ignored, classNames);
  }

  /** The same, with objects in files of COCO's JSON. */
  public Scenes annotations(List<String> files) {
    return new Scenes(kind, masks, files, columns, reduceZero, ignored, classNames);
  }

  /** The same, with other columns. */
  public Scenes columns(Columns other) {
    return new Scenes(kind, masks, annotations, other, reduceZero, ignored, classNames);
  }

  /** The same, with 0 for no class in masks, and another number for none. */
  public Scenes numbers(boolean zeroIsNone, int ignoredToo) {
    return new Scenes(kind, masks, annotations, columns, zeroIsNone, ignoredToo, classNames);
  }

  /** The same, with names of classes in a file. */
  public Scenes classNames(String uri) {
    return new Scenes(kind, masks, annotations, columns, reduceZero, ignored, uri);
  }
}
