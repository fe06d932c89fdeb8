package io.deepincubation.core.network;

import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;

/** How a parameter's first values are drawn. */
public sealed interface Initialization {

  /** Fills a fresh parameter. */
  void fill(float[] values, RandomStream random);

  /** One value everywhere. */
  record Constant(double value) implements Initialization {
    @Override
    public void fill(float[] values, RandomStream random) {
      Arrays.fill(values, (float) value);
    }
  }

  /** Normal with mean 0, drawn again where it leaves [-2, 2]. */
  record TruncatedNormal(double standardDeviation) implements Initialization {

    private static final double CUT = 2;

    @Override
    public void fill(float[] values, RandomStream random) {
      for (int i = 0; i < values.length; i++) {
        double draw;
        do {
          draw = standardDeviation * random.nextGaussian();
        } while (Math.abs(draw) > CUT);
        values[i] = (float) draw;
      }
    }
  }

  /** Normal with mean 0. */
  record Normal(double standardDeviation) implements Initialization {
    @Override
    public void fill(float[] values, RandomStream random) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (standardDeviation * random.nextGaussian());
      }
    }
  }

  /** Uniform in [-bound, bound). */
  record Uniform(double bound) implements Initialization {

    /** The default of convolutions and linear layers: a bound of 1 / sqrt(fan-in). */
    static Uniform ofFanIn(long fanIn) {
      return new Uniform(1 / Math.sqrt((double) fanIn));
    }

    @Override
    public void fill(float[] values, RandomStream random) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
  }
}
