package io.deepincubation.spark.prepare;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.FirstImages;
import io.deepincubation.core.data.set.Fitting;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.data.set.MaskFitting;
import io.deepincubation.core.data.set.ObjectFitting;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.set.RejectedImage;
import io.deepincubation.core.data.set.RejectedTable;
import io.deepincubation.core.data.set.ShardFacts;
import io.deepincubation.core.data.set.ShardWriter;
import io.deepincubation.core.data.set.TextFitting;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.data.text.Vocabulary;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;
import scala.Tuple3;

/**
 * Makes a training set of images: tasks read and check the source's rows, Spark shuffles them into
 * a seeded order, tasks write a shard each, and the driver commits them with an index.
 *
 * <p>The set depends on the images, the seed and the options, and on nothing of the cluster; a
 * repeated preparation leaves it as it is. Rows that are no images, or have no label, are listed in
 * a table of their own.
 */
@Evolving
public final class PrepareJob {

  /** What the labels of images of a dense task mean. */
  private static final List<String> SCENE_LABELS =
      List.of("images to learn from", "images without objects or classes");

  private final SparkSession spark;
  private final StorageFactory storages;

  /**
   * Prepares sets with this Spark.
   *
   * @param spark runs the tasks
   * @param storages opens source and target, in tasks too
   */
  public PrepareJob(SparkSession spark, StorageFactory storages) {
    this.spark = spark;
    this.storages = storages;
  }

  /**
   * Makes the set.
   *
   * @return what it holds, and what is to be said of it
   * @throws UnfitDataException if there are no images, or too many cannot be read
   * @throws UsageException if the target is not apart from the source, or holds another set that
   *     the request does not replace
   * @throws StorageException if the source or the target refuses
   */
  public Prepared run(Preparation request) {
    return run(
        request,
        () -> {
          Apart.require(request.from(), request.to(), spark.sparkContext().hadoopConfiguration());
          if (request.scenes() != null && !request.scenes().masks().isEmpty()) {
            Apart.require(
                request.scenes().masks(), request.to(), spark.sparkContext().hadoopConfiguration());
          }
          return new SampleSources(spark, storages).open(request);
        });
  }

  /**
   * Makes the set of a frame's rows.
   *
   * @param request whose {@code from} is what the frame is called in messages; its format does not
   *     count
   * @param frame the images
   * @return what it holds, and what is to be said of it
   * @throws UnfitDataException if there are no images, or too many cannot be read
   * @throws UsageException if the target holds another set that the request does not replace
   * @throws StorageException if the target refuses
   */
  public Prepared run(Preparation request, SourceFrame frame) {
    return run(request, () -> FrameSource.of(frame, request, storages));
  }

  private Prepared run(Preparation request, Supplier<SampleSource> source) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobDescription("Preparing " + request.to());
    try {
      return SourceFailure.telling(
          "prepare " + request.to() + " from " + request.from(),
          request.from(),
          () -> prepare(request, source.get()));
    } finally {
      context.setJobDescription(null);
    }
  }

  private Prepared prepare(Preparation request, SampleSource source) {
    List<String> classNames = source.classNames();
    var earlier = EarlierSet.of(storages.open(request.to()), request.replace());
    earlier.requireClasses(classNames);
    LabelSets sets = source.labelSets();
    Map<String, Integer> labels = numbered(source.labels());
    JavaRDD<RawSample> samples = source.samples();
    var shards = new ShardPlan(images(request, source), request.shardSize());
    Examiner before = new Examiner(request, request.fitting(), labels, shards, Cuts.NONE);
    Cuts cuts = Cuts.of(request, samples, before, classNames, sets);
    Fitting fitting =
        fitting(
            request,
            classNames.size(),
            samples,
            new Examiner(request, request.fitting(), labels, shards, cuts));
    var facts = new ArrayList<ShardFacts>();
    var rejected = new RejectedTable.Facts(0, List.of());
    var repeats = new Repeats(request.scenes() == null ? source.labels() : SCENE_LABELS);
    var examiner = new Examiner(request, fitting, labels, shards, cuts);
    for (Tuple3<Integer, String, byte[]> written :
        write(samples, examiner, shards, cuts, request.to())) {
      if (written._1() == shards.rejected()) {
        rejected = RejectedTable.Facts.fromJson(written._2());
      } else {
        facts.add(ShardFacts.fromJson(written._2()));
        repeats.add(shards.split(written._1()), written._3());
      }
    }
    requireFewRejected(request, rejected, facts);
    DataIndex index = commit(request, classNames, sets, fitting, facts, earlier);
    var remarks = new ArrayList<>(source.remarks());
    remarks.addAll(Remarks.of(index));
    remarks.addAll(Remarks.of(facts));
    remarks.addAll(repeats.remarks());
    return new Prepared(index, earlier.outcome(index), rejected.count(), source.leftOut(), remarks);
  }

  private DataIndex commit(
      Preparation request,
      List<String> classNames,
      LabelSets sets,
      Fitting fitting,
      List<ShardFacts> facts,
      EarlierSet earlier) {
    Storage target = storages.open(request.to());
    var writer = new PreparedSetWriter(target);
    DataIndex index = writer.index(classNames, sets, fitting, facts);
    earlier.requireReplaceable(index, writer);
    if (fitting instanceof TextFitting texts) {
      byte[] tokenizer = texts.tokenizer().getBytes(StandardCharsets.UTF_8);
      target.write(Tokenizer.FILE, stream -> stream.write(tokenizer));
    }
    writer.commit(index);
    if (fitting.texts().isEmpty()) {
      FirstImages.of(PreparedSet.open(target)).write(target);
    }
    return index;
  }

  private Fitting fitting(
      Preparation request, int classes, JavaRDD<RawSample> samples, Examiner examiner) {
    Scenes scenes = request.scenes();
    if (scenes != null) {
      return switch (scenes.kind()) {
        case SEGMENTATION ->
            new MaskFitting(
                request.fitting(), new MaskRule(classes, scenes.reduceZero(), scenes.ignored()));
        case DETECTION -> new ObjectFitting(request.fitting(), classes);
      };
    }
    Texts texts = request.texts();
    if (texts == null) {
      return request.fitting();
    }
    String tokenizer =
        texts.tokenizer().isEmpty()
            ? Vocabulary.tokenizer(words(samples, examiner, texts.vocabulary()), texts.vocabulary())
            : read(texts.tokenizer());
    return TextFitting.checked(tokenizer, texts.length());
  }

  /** The most frequent words of the training texts. */
  private static Map<String, Long> words(JavaRDD<RawSample> samples, Examiner examiner, int most) {
    var words = new HashMap<String, Long>();
    samples
        .filter(examiner::isTrainedOn)
        .flatMap(sample -> Vocabulary.words(text(sample)).iterator())
        .mapToPair(word -> new Tuple2<>(word, 1L))
        .reduceByKey(Long::sum)
        .takeOrdered(most, new MostFrequent())
        .forEach(word -> words.put(word._1(), word._2()));
    return words;
  }

  private static String text(RawSample sample) {
    return new String(Objects.requireNonNull(sample.content()), StandardCharsets.UTF_8);
  }

  /** Puts the most frequent first; of those that come as often, by the alphabet. */
  private static final class MostFrequent
      implements Comparator<Tuple2<String, Long>>, Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Tuple2<String, Long> one, Tuple2<String, Long> other) {
      int byCount = Long.compare(other._2(), one._2());
      return byCount != 0 ? byCount : one._1().compareTo(other._1());
    }
  }

  private String read(String uri) {
    try {
      return new String(ContentForm.read(uri, storages), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StorageException("Cannot read the tokenizer " + uri + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Integer> numbered(List<String> all) {
    var labels = new HashMap<String, Integer>();
    for (String label : all) {
      labels.put(label, labels.size());
    }
    return labels;
  }

  /** Images by split, training images first, about. */
  private static Map<String, Long> images(Preparation request, SampleSource source) {
    var images = new LinkedHashMap<String, Long>();
    images.put(ImageSource.TRAIN, 0L);
    source
        .counts()
        .forEach(
            (split, ofSplit) ->
                images.put(split, ofSplit.values().stream().mapToLong(Long::longValue).sum()));
    long train = images.get(ImageSource.TRAIN);
    if (train == 0) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot prepare %s from %s: expected training images, got %s",
              request.to(),
              request.from(),
              source.counts().isEmpty()
                  ? "no rows"
                  : "those of " + String.join(", ", source.counts().keySet()) + " alone"));
    }
    setAside(ImageSource.TEST, request.testFraction(), images);
    setAside(Splits.VALIDATION, request.validationFraction(), images);
    double left = 1 - request.testFraction() - request.validationFraction();
    images.put(ImageSource.TRAIN, left == 1 ? train : Math.round(train * left));
    images.merge(
        ImageSource.TRAIN,
        train,
        (all, unused) -> request.subset().imagesPerClass() > 0 ? all : request.subset().of(all));
    return images;
  }

  private static void setAside(String split, double fraction, Map<String, Long> images) {
    if (fraction == 0) {
      return;
    }
    if (images.containsKey(split)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot set %s images aside: expected a source without a %s split, got %d images in"
                  + " it",
              split,
              split,
              images.get(split)));
    }
    images.put(split, Math.round(images.getOrDefault(ImageSource.TRAIN, 0L) * fraction));
  }

  private List<Tuple3<Integer, String, byte[]>> write(
      JavaRDD<RawSample> samples, Examiner examiner, ShardPlan shards, Cuts cuts, String target) {
    StorageFactory factory = storages;
    JavaPairRDD<Tuple2<Integer, Long>, byte[]> examined =
        samples.map(examiner::examine).filter(Optional::isPresent).mapToPair(Optional::get);
    return examined
        .repartitionAndSortWithinPartitions(shards, new PlaceOrder())
        .mapPartitionsWithIndex(
            (shard, rows) ->
                List.of(writePartition(factory.open(target), shards, cuts, shard, rows)).iterator(),
            false)
        .filter(written -> !written._2().isEmpty())
        .collect();
  }

  /** A partition's number, facts and {@linkplain Repeats#mark marks}; no facts without images. */
  private static Tuple3<Integer, String, byte[]> writePartition(
      Storage storage,
      ShardPlan shards,
      Cuts cuts,
      int shard,
      Iterator<Tuple2<Tuple2<Integer, Long>, byte[]>> rows) {
    if (shard == shards.rejected()) {
      Stream<RejectedImage> rejections =
          StreamSupport.stream(
                  Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
              .map(Tuple2::_2)
              .map(RejectedImage::fromBytes);
      var facts = RejectedTable.write(storage, rejections.iterator());
      return new Tuple3<>(shard, facts.toJson(), new byte[0]);
    }
    var images =
        new ShardImages(rows, shards.split(shard).equals(ImageSource.TRAIN) ? cuts : Cuts.NONE);
    if (!images.hasNext()) {
      return new Tuple3<>(shard, "", new byte[0]);
    }
    ShardFacts facts =
        new ShardWriter(storage).write(shards.split(shard), shards.number(shard), images);
    return new Tuple3<>(shard, facts.toJson(), images.marks());
  }

  private static void requireFewRejected(
      Preparation request, RejectedTable.Facts rejected, List<ShardFacts> facts) {
    long kept = facts.stream().mapToLong(fact -> fact.shard().count()).sum();
    long all = kept + rejected.count();
    if (rejected.count() > request.maxRejected() * all) {
      String percent = Double.toString(Math.round(request.maxRejected() * 1e5) / 1e3);
      throw unreadable(
          request,
          rejected,
          "at most " + percent + " % of the images to be unreadable",
          rejected.count() + " of " + all,
          ", or raise --max-rejected");
    }
    boolean trains = facts.stream().anyMatch(fact -> fact.split().equals(ImageSource.TRAIN));
    if (!trains && rejected.count() > 0) {
      throw unreadable(
          request,
          rejected,
          "training images that can be read",
          "none, and " + rejected.count() + " that cannot",
          "");
    }
  }

  private static UnfitDataException unreadable(
      Preparation request, RejectedTable.Facts rejected, String expected, String got, String or) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot prepare %s: expected %s, got %s; %s/%s lists them, the first is %s; mend"
                + " them%s",
            request.to(),
            expected,
            got,
            request.to(),
            RejectedTable.FOLDER,
            rejected.first().get(0),
            or));
  }
}
