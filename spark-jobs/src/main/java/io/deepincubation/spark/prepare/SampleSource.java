package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.LabelSets;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** Labelled images in some form, and what can be said of them without reading images. */
interface SampleSource {

  /** The text of the label of images that have annotations instead. */
  String ANNOTATED = "";

  /** Names of the classes in the order of their numbers. */
  List<String> classNames();

  /** The texts of labels in the order of their numbers: the classes' names, or sets of them. */
  default List<String> labels() {
    return classNames();
  }

  /** The classes that labels stand for. */
  default LabelSets labelSets() {
    return LabelSets.single(classNames().size());
  }

  /** Rows by split and label; the label is empty for rows without one. */
  Map<String, Map<String, Long>> counts();

  /** All rows, in no order. */
  JavaRDD<RawSample> samples();

  /** Files of the source that are not looked into. */
  default LeftOut leftOut() {
    return LeftOut.NONE;
  }

  /** What looks odd, in sentences. */
  default List<String> remarks() {
    return List.of();
  }
}
