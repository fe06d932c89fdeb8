package io.deepincubation.core.data.source;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * Images that are drawn, not collected: one textured shape of random place, size, turn and colours
 * over a background with a stroke and noise. A class is a shape with a texture, so neither colour
 * nor place nor shape alone gives it away.
 *
 * <p>Sample i of a split is a pure function of (seed, split, i); labels go round, so classes are
 * balanced.
 */
public final class SyntheticShapes implements ImageSource {

  /** Standard deviation of the noise, of 255. */
  private static final double NOISE = 8;

  private static final int STROKES = 1;
  private static final int SUBPIXELS = 3;

  /** Largest turn of a shape in radians, either way. */
  private static final double TILT = 0.2;

  /** Brightness of shapes, of strokes, and of background and texture, of 255. */
  private static final double LIGHT = 190;

  private static final double MIDDLE = 140;
  private static final double DARK = 70;

  /** How far a colour's channel may lie from its brightness. */
  private static final double SPREAD = 45;

  private final long seed;
  private final int side;
  private final int trainCount;
  private final int testCount;

  /** An outline around the origin, about one unit wide. */
  private enum Shape {
    CIRCLE {
      @Override
      boolean covers(double u, double v) {
        return u * u + v * v < 0.85;
      }
    },
    SQUARE {
      @Override
      boolean covers(double u, double v) {
        return Math.max(Math.abs(u), Math.abs(v)) < 0.8;
      }
    },
    TRIANGLE {
      @Override
      boolean covers(double u, double v) {
        return v < 0.6 && Math.abs(u) * 1.732 - v < 1.1;
      }
    },
    CROSS {
      @Override
      boolean covers(double u, double v) {
        double longer = Math.max(Math.abs(u), Math.abs(v));
        return longer < 1 && Math.min(Math.abs(u), Math.abs(v)) < 0.38;
      }
    };

    abstract boolean covers(double u, double v);
  }

  /** Which of two colours a point of the shape has; lengths in pixels of a 32-pixel image. */
  private enum Texture {
    STRIPED {
      @Override
      boolean isDark(double x, double y) {
        return Math.floorMod((long) Math.floor(x / 2.2), 2) == 0;
      }
    },
    CHECKERED {
      @Override
      boolean isDark(double x, double y) {
        return Math.floorMod((long) (Math.floor(x / 2.6) + Math.floor(y / 2.6)), 2) == 0;
      }
    },
    DOTTED {
      @Override
      boolean isDark(double x, double y) {
        double dx = x / 4.6 - Math.rint(x / 4.6);
        double dy = y / 4.6 - Math.rint(y / 4.6);
        return dx * dx + dy * dy < 0.1;
      }
    };

    abstract boolean isDark(double x, double y);
  }

  /**
   * Describes the set; images are drawn when they are read.
   *
   * @param seed decides every pixel
   * @param side rows and columns
   * @param trainCount images of the training split
   * @param testCount images of the test split
   */
  public SyntheticShapes(long seed, int side, int trainCount, int testCount) {
    if (side < 8 || trainCount < 1 || testCount < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot draw images: expected a side from 8 and counts from 1, got %d, %d and %d",
              side,
              trainCount,
              testCount));
    }
    this.seed = seed;
    this.side = side;
    this.trainCount = trainCount;
    this.testCount = testCount;
  }

  @Override
  public List<String> classNames() {
    var names = new ArrayList<String>();
    for (Shape shape : Shape.values()) {
      for (Texture texture : Texture.values()) {
        names.add(word(texture) + " " + word(shape));
      }
    }
    return List.copyOf(names);
  }

  @Override
  public List<String> splits() {
    return List.of(TRAIN, TEST);
  }

  @Override
  public long count(String split) {
    return switch (split) {
      case TRAIN -> trainCount;
      case TEST -> testCount;
      default ->
          throw new UnfitDataException(
              "Cannot draw split " + split + ": expected one of " + splits());
    };
  }

  @Override
  public Iterator<Sample> samples(String split, long from, long to) {
    long part = RandomStream.part(split);
    return LongStream.range(from, to)
        .mapToObj(i -> new Sample(draw(part, i, label(i)), label(i)))
        .iterator();
  }

  @Override
  public int[] labels(String split) {
    return LongStream.range(0, count(split)).mapToInt(SyntheticShapes::label).toArray();
  }

  private static int label(long index) {
    int classes = Shape.values().length * Texture.values().length;
    return (int) (index % classes);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private byte[] draw(long split, long index, int label) {
    var random = RandomStream.of(seed, RandomStream.part("shapes"), split, index);
    var canvas = new Canvas(random, side);
    canvas.fill();
    for (int i = 0; i < STROKES; i++) {
      canvas.stroke();
    }
    int textures = Texture.values().length;
    canvas.figure(Shape.values()[label / textures], Texture.values()[label % textures]);
    return ImageCodec.encodePng(canvas.noisy());
  }

  /** The image while it is drawn; values 0 to 255. */
  private static final class Canvas {

    private final RandomStream random;
    private final int side;
    private final double[] values;

    Canvas(RandomStream random, int side) {
      this.random = random;
      this.side = side;
      this.values = new double[ImageCodec.CHANNELS * side * side];
    }

    /** A background that goes over from one colour to another. */
    void fill() {
      double[] from = colour(DARK);
      double[] to = colour(DARK);
      double turn = between(0, 2 * Math.PI);
      double cos = StrictMath.cos(turn);
      double sin = StrictMath.sin(turn);
      for (int i = 0; i < side * side; i++) {
        int y = i / side;
        int x = i % side;
        double along = (x * cos + y * sin) / side;
        double share = Math.max(0, Math.min(1, 0.5 + along / 2));
        blend(i, from, 1);
        blend(i, to, share);
      }
    }

    /** A line of random place and colour, as clutter. */
    void stroke() {
      double[] colour = colour(MIDDLE);
      double turn = between(0, Math.PI);
      double cos = StrictMath.cos(turn);
      double sin = StrictMath.sin(turn);
      double offset = between(0.1, 0.9) * side * (cos + sin);
      double thickness = between(0.4, 1.2) * side / 32;
      for (int i = 0; i < side * side; i++) {
        int y = i / side;
        int x = i % side;
        double distance = Math.abs(x * cos + y * sin - offset);
        blend(i, colour, Math.max(0, Math.min(1, thickness + 0.5 - distance)));
      }
    }

    /** The textured shape. */
    void figure(Shape shape, Texture texture) {
      double[] light = colour(LIGHT);
      double[] dark = colour(DARK);
      double radius = between(0.35, 0.44) * side;
      double centreX = between(0.42, 0.58) * side;
      double centreY = between(0.42, 0.58) * side;
      double turn = between(-TILT, TILT);
      double phase = between(0, 8);
      double cos = StrictMath.cos(turn);
      double sin = StrictMath.sin(turn);
      double scale = 32.0 / side;
      double weight = 1.0 / (SUBPIXELS * SUBPIXELS);
      int finer = side * SUBPIXELS;
      double[] covered = new double[side * side];
      double[] darkened = new double[side * side];
      for (int i = 0; i < finer * finer; i++) {
        int row = i / finer;
        int column = i % finer;
        double x = (column + 0.5) / SUBPIXELS - centreX;
        double y = (row + 0.5) / SUBPIXELS - centreY;
        double u = x * cos + y * sin;
        double v = y * cos - x * sin;
        if (shape.covers(u / radius, v / radius)) {
          int pixel = row / SUBPIXELS * side + column / SUBPIXELS;
          covered[pixel] += weight;
          darkened[pixel] += texture.isDark(u * scale + phase, v * scale + phase) ? weight : 0;
        }
      }
      for (int pixel = 0; pixel < covered.length; pixel++) {
        blend(pixel, light, covered[pixel]);
        blend(pixel, dark, darkened[pixel]);
      }
    }

    /** The picture with noise on every value. */
    Pixels noisy() {
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        double value = Math.rint(values[i] + NOISE * noise());
        bytes[i] = (byte) Math.max(0, Math.min(255, value));
      }
      return new Pixels(bytes, side, side);
    }

    /** Nearly normal noise of mean 0 and standard deviation 1: the sum of four even draws. */
    private double noise() {
      long bits = random.nextLong();
      long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
      return (sum - 2 * 65535.0) / 65536 * Math.sqrt(3);
    }

    private double[] colour(double middle) {
      return new double[] {shade(middle), shade(middle), shade(middle)};
    }

    private double shade(double middle) {
      return between(middle - SPREAD, middle + SPREAD);
    }

    private double between(double low, double high) {
      return low + (high - low) * random.nextDouble();
    }

    private void blend(int pixel, double[] colour, double share) {
      for (int c = 0; c < ImageCodec.CHANNELS; c++) {
        int i = c * side * side + pixel;
        values[i] += share * (colour[c] - values[i]);
      }
    }
  }
}
