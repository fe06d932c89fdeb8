package io.deepincubation.core.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipes;
import org.junit.jupiter.api.Test;

class InferenceBenchmarkTest {

  @Test
  void timesEveryCore() {
    var recipe = Recipes.named("quickstart");
    var benchmark =
        new InferenceBenchmark(recipe, /* classes= */ 4, /* warmUpSeconds= */ 0, /* batches= */ 1);

    var speed = benchmark.run(new Compute(Device.cpu(), Arithmetic.BF16, 2));

    assertThat(speed.arithmetic()).isEqualTo(Arithmetic.BF16);
    assertThat(speed.cores()).isEqualTo(2);
    assertThat(speed.batch()).isEqualTo(recipe.batch().size());
    assertThat(speed.imagesPerSecondOfCore()).isPositive();
  }
}
