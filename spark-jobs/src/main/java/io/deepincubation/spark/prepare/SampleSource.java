package io.deepincubation.spark.prepare;

import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** Labelled images in some form, and what can be said of them without reading images. */
interface SampleSource {

  /** Names of the classes in the order of their numbers. */
  List<String> classNames();

  /** Rows by split and class name; the name is empty for rows without a label. */
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
