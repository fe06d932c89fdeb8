package io.deepincubation.spark.cli;

import com.google.gson.JsonObject;
import io.deepincubation.core.data.DataIndex;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.SourceFormat;
import java.util.ArrayList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description = "Makes a training set, Parquet and an index, of images of another form.")
final class Prepare extends Verb {

  @Option(
      names = "--from",
      required = true,
      paramLabel = "URI",
      description = "The folder of the images.")
  private String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description = "The folder of the training set.")
  private String to = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      description = "auto (default), cifar or image-folder.")
  private String format = "auto";

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Side that images are resized to; default as they are.")
  private @Nullable Integer imageSize;

  @Option(
      names = "--images-per-class",
      paramLabel = "N",
      description = "Takes the first N training images of each class; default all.")
  private @Nullable Integer imagesPerClass;

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      description = "Images of a shard; default 5000.")
  private @Nullable Integer shardSize;

  @Option(names = "--seed", paramLabel = "N", description = "Decides the order of the images.")
  private @Nullable Long seed;

  @Override
  Answer answer() {
    Preparation preparation = preparation();
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      DataIndex index = new PrepareJob(session.context(), session.storages()).run(preparation);
      return answer(index);
    }
  }

  private Preparation preparation() {
    Preparation preparation = Preparation.of(from, to).format(SourceFormat.named(format));
    if (imageSize != null) {
      preparation = preparation.imageSize(imageSize);
    }
    if (imagesPerClass != null) {
      preparation = preparation.imagesPerClass(imagesPerClass);
    }
    if (shardSize != null) {
      preparation = preparation.shardSize(shardSize);
    }
    return seed == null ? preparation : preparation.seed(seed);
  }

  private Answer answer(DataIndex index) {
    var lines = new ArrayList<String>();
    var json = new JsonObject();
    var counts = new JsonObject();
    for (String split : index.splits().keySet()) {
      lines.add(String.format(Locale.ROOT, "%s: %,d images", split, index.count(split)));
      counts.addProperty(split, index.count(split));
    }
    int classes = index.classNames().size();
    lines.add(String.format("%d classes, %d x %d pixels", classes, index.height(), index.width()));
    lines.add("Prepared in " + to);
    json.addProperty("status", "done");
    json.addProperty("data", to);
    json.addProperty("classes", classes);
    json.addProperty("height", index.height());
    json.addProperty("width", index.width());
    json.add("images", counts);
    json.addProperty("digest", index.digest());
    return new Answer(lines, json);
  }
}
