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
import scala.Tuple2;
import scala.Tuple3;

/**
 * Decides what becomes of each row, in the tasks: which split, shard and place an image has, or why
 * it has none.
 */
final class Examiner implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Preparation request;
  private final HashMap<String, Integer> labels;
  private final ShardPlan shards;

  private final Cuts cuts;

  Examiner(Preparation request, Map<String, Integer> labels, ShardPlan shards, Cuts cuts) {
    this.request = request;
    this.labels = new HashMap<>(labels);
    this.shards = shards;
    this.cuts = cuts;
  }

  /** What decides about a training image: its label, place and share; nothing for other rows. */
  Optional<Tuple3<Integer, Long, Double>> mark(RawSample sample) {
    Integer label = labels.get(String.valueOf(sample.label()));
    byte[] image = sample.image();
    if (label == null || image == null || !sample.split().equals(ImageSource.TRAIN)) {
      return Optional.empty();
    }
    return Optional.of(
        new Tuple3<>(
            label,
            SampleOrder.place(request.seed(), image, label),
            SampleOrder.share(request.seed(), image)));
  }

  /** A row as ((shard, place), bytes), unless the subset leaves it out. */
  Optional<Tuple2<Tuple2<Integer, Long>, byte[]>> examine(RawSample sample) {
    byte[] file = sample.image();
    Integer label = labels.get(String.valueOf(sample.label()));
    if (file == null) {
      return rejected(sample, sample.fault());
    }
    if (label == null) {
      return rejected(sample, "expected a label, got " + sample.label());
    }
    String split = split(sample, file, label);
    long place = SampleOrder.place(request.seed(), file, label);
    if (split.equals(ImageSource.TRAIN) && !cuts.takes(label, place)) {
      return Optional.empty();
    }
    try {
      FittedImage image = request.fitting().fit(file);
      return Optional.of(
          new Tuple2<>(new Tuple2<>(shards.shard(split, place), place), image.toBytes(label)));
    } catch (IOException e) {
      return rejected(sample, String.valueOf(e.getMessage()));
    }
  }

  private String split(RawSample sample, byte[] image, int label) {
    return sample.split().equals(ImageSource.TRAIN)
        ? cuts.setsAside(label, SampleOrder.share(request.seed(), image)).orElse(sample.split())
        : sample.split();
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
