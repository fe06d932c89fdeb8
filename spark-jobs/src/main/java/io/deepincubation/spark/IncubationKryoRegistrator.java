package io.deepincubation.spark;

import com.esotericsoftware.kryo.Kryo;
import io.deepincubation.core.checkpoint.MemoryUse;
import io.deepincubation.core.checkpoint.MetricsLine;
import io.deepincubation.core.checkpoint.RunRecord;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.incubation.IncubationReport;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.BatchRecipe;
import io.deepincubation.core.recipe.DivisionRecipe;
import io.deepincubation.core.recipe.IncubationRecipe;
import io.deepincubation.core.recipe.LocalRecipe;
import io.deepincubation.core.recipe.LossRecipe;
import io.deepincubation.core.recipe.ModelRecipe;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.ScheduleRecipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Teaches Spark's Kryo to carry Java records and the JDK's unmodifiable collections, and names all
 * that this library sends, so that {@code spark.kryo.registrationRequired} may be on.
 *
 * <p>Set it as {@code spark.kryo.registrator}.
 */
public final class IncubationKryoRegistrator implements KryoRegistrator {

  /** In a fixed order: Kryo numbers them, on the driver and on executors alike. */
  private static final List<Class<?>> CLASSES =
      List.of(
          byte[][].class,
          byte[][][].class,
          Integer[].class,
          String[].class,
          Object[].class,
          ArrayList.class,
          Arrays.asList().getClass(),
          HashMap.class,
          LinkedHashMap.class,
          TreeMap.class,
          ModularDivision.class,
          Recipe.class,
          Precision.class,
          ModelRecipe.class,
          ModelRecipe.Family.class,
          DivisionRecipe.class,
          BatchRecipe.class,
          OptimizerRecipe.class,
          OptimizerRecipe.Rule.class,
          ScheduleRecipe.class,
          ScheduleRecipe.Unit.class,
          LossRecipe.class,
          AugmentationRecipe.class,
          StageRecipe.class,
          IncubationRecipe.class,
          IncubationRecipe.Start.class,
          IncubationRecipe.MetaModel.class,
          LocalRecipe.class,
          StageResult.class,
          StageResult.Shard.class,
          MemoryUse.class,
          MetricsLine.class,
          RunRecord.class,
          StageProgress.class,
          IncubationReport.class,
          HadoopStorageFactory.class);

  /** Makes a registrator; Spark does. */
  public IncubationKryoRegistrator() {}

  @Override
  public void registerClasses(Kryo kryo) {
    kryo.addDefaultSerializer(Record.class, new RecordSerializer());
    ImmutableCollectionSerializers.register(kryo);
    for (Class<?> type : CLASSES) {
      if (kryo.getClassResolver().getRegistration(type) == null) {
        kryo.register(type);
      }
    }
  }
}
