package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.Sample;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple3;

/** Images in files of a format of their own, which tasks read ranges of. */
final class FileSource implements SampleSource {

  /** Images that one task reads; a few seconds' work. */
  private static final int RANGE = 5000;

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final String uri;
  private final FileFormat format;
  private final ImageSource source;

  /** Reads the files of a folder. */
  FileSource(JavaSparkContext spark, StorageFactory storages, String uri, FileFormat format) {
    this.spark = spark;
    this.storages = storages;
    this.uri = uri;
    this.format = format;
    source = format.open(storages.open(uri));
  }

  @Override
  public List<String> classNames() {
    return source.classNames();
  }

  @Override
  public Map<String, Map<String, Long>> counts() {
    var counts = new LinkedHashMap<String, Map<String, Long>>();
    for (String split : source.splits()) {
      var ofSplit = new LinkedHashMap<String, Long>();
      for (int label : source.labels(split)) {
        ofSplit.merge(classNames().get(label), 1L, Long::sum);
      }
      counts.put(split, ofSplit);
    }
    return counts;
  }

  @Override
  public JavaRDD<RawSample> samples() {
    var ranges = new ArrayList<Tuple3<String, Long, Long>>();
    for (String split : source.splits()) {
      long count = source.count(split);
      for (long from = 0; from < count; from += RANGE) {
        ranges.add(new Tuple3<>(split, from, Math.min(count, from + RANGE)));
      }
    }
    StorageFactory factory = storages;
    String folder = uri;
    FileFormat opened = format;
    return spark
        .parallelize(ranges, Math.max(1, ranges.size()))
        .flatMap(range -> read(opened.open(factory.open(folder)), folder, range));
  }

  private static Iterator<RawSample> read(
      ImageSource source, String folder, Tuple3<String, Long, Long> range) {
    List<String> classNames = source.classNames();
    Iterator<Sample> samples = source.samples(range._1(), range._2(), range._3());
    return new Iterator<>() {
      private long number = range._2();

      @Override
      public boolean hasNext() {
        return samples.hasNext();
      }

      @Override
      public RawSample next() {
        Sample sample = samples.next();
        String origin = folder + ": " + range._1() + " image " + number++;
        return new RawSample(origin, range._1(), classNames.get(sample.label()), sample.image());
      }
    };
  }
}
