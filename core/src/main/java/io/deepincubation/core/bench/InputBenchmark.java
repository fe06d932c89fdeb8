package io.deepincubation.core.bench;

import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.ImageHeader;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import io.deepincubation.core.data.pixels.SlowJpeg;
import io.deepincubation.core.data.set.FittedImage;
import io.deepincubation.core.data.set.FittedSample;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.set.ShardWriter;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.random.NormalNoise;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Times what one core makes of training images: DeiT's whole augmentation of JPEG files of 500 x
 * 375 pixels to 224 x 224, of the same with a shorter side of 256, as files and as a node keeps
 * them decoded, and of decoded images of 32 x 32.
 */
public final class InputBenchmark {

  private static final int HEIGHT = 375;
  private static final int WIDTH = 500;
  private static final int SIDE = 224;
  private static final int SHORTER_SIDE = 256;
  private static final int SMALL_SIDE = 32;
  private static final int FILES = 64;
  private static final int SMALL_IMAGES = 500;
  private static final int ROUND = 20;
  private static final long CACHE_BYTES = 1L << 30;
  private static final long SEED = 5;
  private static final BatchKey KEY = new BatchKey(SEED, "benchmark", -1);
  private static final AugmentationRecipe LARGE =
      new AugmentationRecipe(0, true, true, 9, 0, 0, 0, 0.25, 1);
  private static final AugmentationRecipe SMALL =
      new AugmentationRecipe(4, false, true, 9, 0, 0, 0, 0.25, 1);

  private final double seconds;
  private final List<byte[]> files;
  private final List<byte[]> smallerFiles;

  /**
   * Draws the images: smooth colours with some noise, files of about 80 KB.
   *
   * @param seconds that each measurement takes
   */
  public InputBenchmark(double seconds) {
    this.seconds = seconds;
    List<Pixels> images = IntStream.range(0, FILES).mapToObj(InputBenchmark::image).toList();
    files = images.stream().map(InputBenchmark::jpeg).toList();
    smallerFiles =
        images.stream().map(image -> jpeg(Resampling.shorterSide(image, SHORTER_SIDE))).toList();
  }

  /**
   * One speed.
   *
   * @param name what was timed
   * @param imagesPerSecond of one thread
   */
  public record Speed(String name, double imagesPerSecond) {}

  /** The JPEG files of 500 x 375 pixels, for other programs to be timed with. */
  public List<byte[]> files() {
    return files;
  }

  /** The JPEG files whose shorter side has 256 pixels, for other programs to be timed with. */
  public List<byte[]> smallerFiles() {
    return smallerFiles;
  }

  /**
   * Times everything, one after the other, on this thread.
   *
   * @param folder an empty one, for a set and its node's cache
   */
  public List<Speed> run(Path folder) {
    var speeds = new ArrayList<Speed>();
    speeds.add(large("500 x 375 JPEG to 224", i -> encoded(files, i)));
    speeds.add(large("500 x 375 JPEG to 224, decoded by ImageIO", this::decodedInJava));
    speeds.add(time("500 x 375 JPEG decoded only", i -> encoded(files, i).pixels()));
    speeds.add(large("341 x 256 JPEG to 224", i -> encoded(smallerFiles, i)));
    speeds.add(
        large("341 x 256 to 224, decoded on the node", new NodesImages(folder, smallerFiles)));
    speeds.add(small());
    return speeds;
  }

  private Speed large(String name, IntFunction<Picture> pictures) {
    var augmentation = new Augmentation(LARGE, KEY, SIDE);
    float[] into = new float[ImageCodec.CHANNELS * SIDE * SIDE];
    return time(
        name, i -> augmentation.apply(pictures.apply(i), new Augmentation.Look(0, i, 0), into, 0));
  }

  private Speed small() {
    Pixels[] images =
        IntStream.range(0, SMALL_IMAGES)
            .mapToObj(i -> noise(i, SMALL_SIDE, SMALL_SIDE))
            .toArray(Pixels[]::new);
    var augmentation = new Augmentation(SMALL, KEY, SMALL_SIDE);
    float[] into = new float[ImageCodec.CHANNELS * SMALL_SIDE * SMALL_SIDE];
    return time(
        "32 x 32",
        i -> augmentation.apply(images[i % SMALL_IMAGES], new Augmentation.Look(0, i, 0), into, 0));
  }

  /** Images of a set that a node keeps decoded; read anew, and checked, once an epoch. */
  private static final class NodesImages implements IntFunction<Picture> {

    private final PreparedSet set;
    private final LocalImageCache cache;
    private ImageTable table;

    NodesImages(Path folder, List<byte[]> files) {
      var storage = new LocalStorage(folder.resolve("set"));
      var facts = new ShardWriter(storage).write(ImageSource.TRAIN, 0, samples(files));
      new PreparedSetWriter(storage).finish(List.of("any"), List.of(facts));
      set = PreparedSet.open(storage);
      cache = new LocalImageCache(folder.resolve("cache"), CACHE_BYTES);
      table = cache.open(set, ImageSource.TRAIN, SIDE);
    }

    private static Iterator<FittedSample> samples(List<byte[]> files) {
      return files.stream().map(file -> new FittedSample(fitted(file), /* label= */ 0)).iterator();
    }

    private static FittedImage fitted(byte[] file) {
      try {
        return ImageFitting.NONE.fit(file);
      } catch (IOException e) {
        throw new IllegalStateException("Cannot read an image that was just written", e);
      }
    }

    @Override
    public Picture apply(int number) {
      if (number % FILES == 0) {
        table = cache.open(set, ImageSource.TRAIN, SIDE);
      }
      return table.image(number % FILES).picture();
    }
  }

  private Speed time(String name, IntConsumer work) {
    rate(work, seconds / 2);
    return new Speed(name, rate(work, seconds));
  }

  private static double rate(IntConsumer work, double seconds) {
    long start = System.nanoTime();
    int done = 0;
    double elapsed = 0;
    while (elapsed < seconds) {
      for (int i = 0; i < ROUND; i++) {
        work.accept(done++);
      }
      elapsed = (System.nanoTime() - start) / 1e9;
    }
    return done / elapsed;
  }

  private static Picture encoded(List<byte[]> files, int number) {
    try {
      return Picture.of(files.get(number % FILES));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read an image that was just written", e);
    }
  }

  private Picture decodedInJava(int number) {
    try {
      return SlowJpeg.decode(files.get(number % FILES));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read an image that was just written", e);
    }
  }

  private static Pixels image(int number) {
    byte[] values = Resampling.resized(noise(number, 60, 80), HEIGHT, WIDTH).values();
    float[] grain = new float[values.length];
    NormalNoise.fill(RandomStream.of(SEED, number, 1), grain, 0, grain.length);
    for (int i = 0; i < values.length; i++) {
      double level = (values[i] & 0xFF) + 6 * grain[i];
      values[i] = (byte) (int) Math.max(0, Math.min(255, level));
    }
    return new Pixels(values, HEIGHT, WIDTH);
  }

  private static byte[] jpeg(Pixels image) {
    return ImageCodec.encode(image, ImageHeader.Kind.JPEG);
  }

  private static Pixels noise(int number, int height, int width) {
    byte[] values = new byte[ImageCodec.CHANNELS * height * width];
    RandomStream.of(SEED, number).nextBytes(values);
    return new Pixels(values, height, width);
  }
}
