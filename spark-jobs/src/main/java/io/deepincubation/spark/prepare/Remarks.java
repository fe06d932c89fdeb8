package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.SceneFacts;
import io.deepincubation.core.data.set.SceneForm;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.data.set.ShardFacts;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/** What looks odd about a set, in sentences. */
final class Remarks {

  private static final int TOLD = 5;

  private Remarks() {}

  /** Of a set's classes and splits. */
  static List<String> of(DataIndex index) {
    var remarks = new ArrayList<String>();
    SceneForm scenes = index.scenes();
    boolean classesAreApart = scenes == null || scenes.kind() == SceneKind.SEGMENTATION;
    if (index.classNames().size() == 1 && classesAreApart) {
      remarks.add(
          "There is one class alone, "
              + index.classNames().get(0)
              + ": a network has nothing to tell apart");
    }
    List<String> empty = withoutTrainingImages(index);
    if (!empty.isEmpty()) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%d of %d classes have no training images: %s",
              empty.size(),
              index.classNames().size(),
              Told.some(empty, TOLD)));
    }
    if (index.count(ImageSource.TEST) == 0
        && (scenes == null || index.count(Splits.VALIDATION) == 0)) {
      remarks.add("There is no test split to measure on; --test-fraction sets one aside");
    }
    return remarks;
  }

  /** Of objects that shards hold, or do not. */
  static List<String> of(List<ShardFacts> facts) {
    SceneFacts scenes =
        facts.stream()
            .map(ShardFacts::scenes)
            .filter(Objects::nonNull)
            .reduce(SceneFacts.NONE, SceneFacts::and);
    var remarks = new ArrayList<String>();
    if (scenes.clipped() > 0) {
      remarks.add(
          Quantities.count(scenes.clipped()) + " boxes went over the edge of their image: clipped");
    }
    if (scenes.dropped() > 0) {
      remarks.add(
          Quantities.count(scenes.dropped()) + " objects have no area in their image: left out");
    }
    return remarks;
  }

  private static List<String> withoutTrainingImages(DataIndex index) {
    List<Integer> counts =
        index
            .classCounts()
            .getOrDefault(ImageSource.TRAIN, Collections.nCopies(index.classNames().size(), 0));
    return IntStream.range(0, counts.size())
        .filter(label -> counts.get(label) == 0)
        .mapToObj(index.classNames()::get)
        .toList();
  }
}
