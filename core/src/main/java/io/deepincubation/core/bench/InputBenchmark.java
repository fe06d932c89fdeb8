package io.deepincubation.core.bench;

import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.ImageHeader;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import io.deepincubation.core.random.NormalNoise;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Times what one core makes of training images: DeiT's whole augmentation of JPEG files of 500 x
 * 375 pixels to 224 x 224, and of decoded images of 32 x 32.
 */
public final class InputBenchmark {

  private static final int HEIGHT = 375;
  private static final int WIDTH = 500;
  private static final int SIDE = 224;
  private static final int SMALL_SIDE = 32;
  private static final int FILES = 64;
  private static final int SMALL_IMAGES = 500;
  private static final int ROUND = 20;
  private static final long SEED = 5;
  private static final AugmentationRecipe LARGE =
      new AugmentationRecipe(0, true, true, 9, 0, 0, 0, 0.25, 1);
  private static final AugmentationRecipe SMALL =
      new AugmentationRecipe(4, false, true, 9, 0, 0, 0, 0.25, 1);

  private final double seconds;
  private final List<byte[]> files;

  /**
   * Draws the images: smooth colours with some noise, files of about 80 KB.
   *
   * @param seconds that each measurement takes
   */
  public InputBenchmark(double seconds) {
    this.seconds = seconds;
    files = IntStream.range(0, FILES).mapToObj(InputBenchmark::file).toList();
  }

  /**
   * One speed.
   *
   * @param name what was timed
   * @param imagesPerSecond of one thread
   */
  public record Speed(String name, double imagesPerSecond) {}

  /** The JPEG files that are timed, for other programs to be timed with. */
  public List<byte[]> files() {
    return files;
  }

  /** Times everything, one after the other, on this thread. */
  public List<Speed> run() {
    var key = new BatchKey(SEED, "benchmark", -1);
    var large = new Augmentation(LARGE, key, SIDE);
    float[] into = new float[ImageCodec.CHANNELS * SIDE * SIDE];
    var speeds = new ArrayList<Speed>();
    speeds.add(
        time(
            "500 x 375 JPEG to 224",
            i -> large.apply(encoded(i), new Augmentation.Look(0, i, 0), into, 0)));
    speeds.add(
        time(
            "500 x 375 JPEG to 224, decoded by ImageIO",
            i -> large.apply(decodedInJava(i), new Augmentation.Look(0, i, 0), into, 0)));
    speeds.add(time("500 x 375 JPEG decoded only", i -> encoded(i).pixels()));
    Pixels[] small =
        IntStream.range(0, SMALL_IMAGES)
            .mapToObj(i -> noise(i, SMALL_SIDE, SMALL_SIDE))
            .toArray(Pixels[]::new);
    var augmentation = new Augmentation(SMALL, key, SMALL_SIDE);
    speeds.add(
        time(
            "32 x 32",
            i ->
                augmentation.apply(
                    small[i % SMALL_IMAGES], new Augmentation.Look(0, i, 0), into, 0)));
    return speeds;
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

  private EncodedPicture encoded(int number) {
    try {
      return EncodedPicture.of(files.get(number % FILES));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read an image that was just written", e);
    }
  }

  private Pixels decodedInJava(int number) {
    try {
      return ImageCodec.decodeInJava(files.get(number % FILES));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read an image that was just written", e);
    }
  }

  private static byte[] file(int number) {
    byte[] values = Resampling.resized(noise(number, 60, 80), HEIGHT, WIDTH).values();
    float[] grain = new float[values.length];
    NormalNoise.fill(RandomStream.of(SEED, number, 1), grain, 0, grain.length);
    for (int i = 0; i < values.length; i++) {
      double level = (values[i] & 0xFF) + 6 * grain[i];
      values[i] = (byte) (int) Math.max(0, Math.min(255, level));
    }
    return ImageCodec.encode(new Pixels(values, HEIGHT, WIDTH), ImageHeader.Kind.JPEG);
  }

  private static Pixels noise(int number, int height, int width) {
    byte[] values = new byte[ImageCodec.CHANNELS * height * width];
    RandomStream.of(SEED, number).nextBytes(values);
    return new Pixels(values, height, width);
  }
}
