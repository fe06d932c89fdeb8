package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.FittedSample;
import io.deepincubation.core.data.set.Fitting;
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
  private final Fitting fitting;
  private final HashMap<String, Integer> labels;
  private final ShardPlan shards;

  private final Cuts cuts;

  Examiner(
      Preparation request,
      Fitting fitting,
      Map<String, Integer> labels,
      ShardPlan shards,
      Cuts cuts) {
    this.request = request;
    this.fitting = fitting;
    this.labels = new HashMap<>(labels);
    this.shards = shards;
    this.cuts = cuts;
  }

  /** What decides about a training image: its label, place and share; nothing for other rows. */
  Optional<Tuple3<Integer, Long, Double>> mark(RawSample sample) {
    Integer label = labels.get(String.valueOf(sample.label()));
    byte[] image = sample.content();
    if (label == null || image == null || !sample.split().equals(ImageSource.TRAIN)) {
      return Optional.empty();
    }
    return Optional.of(
        new Tuple3<>(
            label,
            SampleOrder.place(request.seed(), sample.identity(), label),
            SampleOrder.share(request.seed(), image)));
  }

  /** Whether a row is one that is trained on. */
  boolean isTrainedOn(RawSample sample) {
    return mark(sample)
        .filter(mark -> cuts.setsAside(mark._1(), mark._3()).isEmpty())
        .filter(mark -> cuts.takes(mark._1(), mark._2()))
        .isPresent();
  }

  /** A row as ((shard, place), bytes), unless the subset leaves it out. */
  Optional<Tuple2<Tuple2<Integer, Long>, byte[]>> examine(RawSample sample) {
    byte[] file = sample.content();
    Integer label = labels.get(String.valueOf(sample.label()));
    if (file == null) {
      return rejected(sample, sample.fault());
    }
    if (label == null) {
      return rejected(sample, "expected a label, got " + sample.label());
    }
    String split = split(sample, file, label);
    long place = SampleOrder.place(request.seed(), sample.identity(), label);
    if (split.equals(ImageSource.TRAIN) && !cuts.takes(label, place)) {
      return Optional.empty();
    }
    try {
      var fitted = new FittedSample(fitting.fit(file, sample.annotation()), label);
      return Optional.of(
          new Tuple2<>(new Tuple2<>(shards.shard(split, place), place), fitted.toBytes()));
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
    byte[] image = sample.content();
    String origin = sample.origin().isEmpty() ? request.from() : sample.origin();
    var rejection = new RejectedImage(origin, sample.label(), reason, image);
    long place = SampleOrder.place(0, rejection.toBytes(), 0);
    return Optional.of(new Tuple2<>(new Tuple2<>(shards.rejected(), place), rejection.toBytes()));
  }
}
