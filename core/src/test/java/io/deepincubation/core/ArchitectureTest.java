package io.deepincubation.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The rooms of the core and the direction of the arrows between them. */
class ArchitectureTest {

  /** Each uses only those before it. */
  static final List<String> ROOMS =
      List.of(
          "api",
          "text",
          "thread",
          "random",
          "statistics",
          "division",
          "script",
          "machine",
          "network",
          "recipe",
          "storage",
          "data.pixels",
          "data.annotation",
          "detection",
          "evaluation",
          "data.text",
          "weights",
          "run",
          "data.augment",
          "data.source",
          "data.set",
          "data.batch",
          "training",
          "method",
          "advice",
          "comparison",
          "inference",
          "tracking",
          "bench");

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.deepincubation.core");

  @Test
  void roomsFormNoCycles() {
    slices().matching("io.deepincubation.core.(**)").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void everyClassHasARoom() {
    classes()
        .should()
        .resideInAnyPackage(
            ROOMS.stream().map(room -> "io.deepincubation.core." + room).toArray(String[]::new))
        .check(CORE);
  }

  @ParameterizedTest
  @FieldSource("ROOMS")
  void roomUsesOnlyThoseBeforeIt(String room) {
    String[] later =
        ROOMS.subList(ROOMS.indexOf(room) + 1, ROOMS.size()).stream()
            .map(name -> "io.deepincubation.core." + name + "..")
            .toArray(String[]::new);
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("io.deepincubation.core." + room + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(later);
    rule.check(CORE);
  }

  @Test
  void coreKnowsNoSpark() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "io.deepincubation.spark..")
        .check(CORE);
  }

  @Test
  void noSerializableTypeHoldsEngineTypes() {
    noClasses()
        .that()
        .implement(java.io.Serializable.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(CORE);
  }

  @Test
  void onlyTheScriptRoomCallsTheNativeInterface() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.deepincubation.core.script..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch..")
        .check(CORE);
  }
}
