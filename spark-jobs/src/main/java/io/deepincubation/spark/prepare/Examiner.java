package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.FittedImage;
import io.deepincubation.core.data.set.RejectedImage;
import io.deepincubation.core.data.set.SampleOrder;
import io.deepincubation.core.data.source.ImageSource;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Decides what becomes of each row, in the tasks: which split, shard and place an image has, or why
 * it has none.
 */
final class Examiner implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Preparation request;
  private final HashMap<String, Integer> labels;
  private final ShardPlan shards;

  /** The highest places that a subset takes, by label or for all as -1; null takes all. */
  private final @Nullable HashMap<Integer, Long> limits;

  Examiner(
      Preparation request,
      Map<String, Integer> labels,
      ShardPlan shards,
      @Nullable Map<Integer, Long> limits) {
    this.request = request;
    this.labels = new HashMap<>(labels);
    this.shards = shards;
    this.limits = limits == null ? null : new HashMap<>(limits);
  }

  /** A row's (group, place) among the training images, if it is one of them. */
  Optional<Tuple2<Integer, Long>> trainingPlace(RawSample sample) {
    Integer label = labels.get(String.valueOf(sample.label()));
    if (label == null || sample.image() == null || !split(sample).equals(ImageSource.TRAIN)) {
      return Optional.empty();
    }
    return Optional.of(new Tuple2<>(group(label), place(sample, label)));
  }

  /** A row as ((shard, place), bytes), unless the subset leaves it out. */
  Optional<Tuple2<Tuple2<Integer, Long>, byte[]>> examine(RawSample sample) {
    String split = split(sample);
    Integer label = labels.get(String.valueOf(sample.label()));
    if (sample.image() == null) {
      return rejected(sample, "expected an image, got none");
    }
    if (label == null) {
      return rejected(sample, "expected a label, got " + sample.label());
    }
    long place = place(sample, label);
    if (split.equals(ImageSource.TRAIN) && isLeftOut(label, place)) {
      return Optional.empty();
    }
    try {
      FittedImage image = request.fitting().fit(sample.image());
      return Optional.of(
          new Tuple2<>(new Tuple2<>(shards.shard(split, place), place), image.toBytes(label)));
    } catch (IOException e) {
      return rejected(sample, String.valueOf(e.getMessage()));
    }
  }

  private String split(RawSample sample) {
    boolean moved =
        request.testFraction() > 0
            && sample.split().equals(ImageSource.TRAIN)
            && sample.image() != null
            && SampleOrder.share(request.seed(), sample.image()) < request.testFraction();
    return moved ? ImageSource.TEST : sample.split();
  }

  private long place(RawSample sample, int label) {
    byte[] image = sample.image();
    return SampleOrder.place(request.seed(), image == null ? new byte[0] : image, label);
  }

  private int group(int label) {
    return request.subset().byClass() ? label : -1;
  }

  private boolean isLeftOut(int label, long place) {
    return limits != null && place > limits.getOrDefault(group(label), -1L);
  }

  private Optional<Tuple2<Tuple2<Integer, Long>, byte[]>> rejected(
      RawSample sample, String reason) {
    byte[] image = sample.image();
    String origin = sample.origin().isEmpty() ? request.from() : sample.origin();
    var rejection = new RejectedImage(origin, sample.label(), reason, image);
    long place = SampleOrder.place(0, rejection.toBytes(), 0);
    return Optional.of(new Tuple2<>(new Tuple2<>(shards.rejected(), place), rejection.toBytes()));
  }
}
